CREATE TABLE `_idempotency` (
	`key` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`targets` text NOT NULL,
	`status` integer NOT NULL,
	`expires` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_idempotency_expires` ON `_idempotency` (`expires`);