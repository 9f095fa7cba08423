CREATE TABLE `_failures` (
	`key` text PRIMARY KEY NOT NULL,
	`forgotten` integer NOT NULL,
	`retry` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_failures_forgotten` ON `_failures` (`forgotten`);--> statement-breakpoint
CREATE TABLE `_familiar_places` (
	`key` text PRIMARY KEY NOT NULL,
	`expires` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_familiar_places_expires` ON `_familiar_places` (`expires`);