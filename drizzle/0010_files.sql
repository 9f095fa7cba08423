CREATE TABLE `_file_sweeps` (
	`id` text PRIMARY KEY NOT NULL,
	`prefix` text NOT NULL,
	`due` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_file_sweeps_prefix` ON `_file_sweeps` (`prefix`);--> statement-breakpoint
CREATE INDEX `_file_sweeps_due` ON `_file_sweeps` (`due`);