CREATE TABLE `_schema_base` (
	`collectionRef` text PRIMARY KEY NOT NULL,
	`definition` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_schema_changes` (
	`entry` integer NOT NULL,
	`collectionRef` text NOT NULL,
	`before` text,
	`after` text,
	PRIMARY KEY(`entry`, `collectionRef`)
);
--> statement-breakpoint
CREATE TABLE `_schema_history` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text NOT NULL,
	`source` text NOT NULL,
	`actor` text,
	`revision` integer NOT NULL,
	`digest` text DEFAULT '' NOT NULL,
	`changes` text NOT NULL,
	`bookmark` text
);
--> statement-breakpoint
CREATE INDEX `_schema_history_digest` ON `_schema_history` (`digest`) WHERE "digest" <> '';