CREATE TABLE `_crons` (
	`id` text PRIMARY KEY NOT NULL,
	`last_run` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_logs` (
	`id` text PRIMARY KEY NOT NULL,
	`level` integer NOT NULL,
	`message` text NOT NULL,
	`data` text NOT NULL,
	`created` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_logs_created` ON `_logs` (`created`);