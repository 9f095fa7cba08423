CREATE TABLE `_attempts` (
	`key` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`hits` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_catalog_revision` (
	`id` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_collections` (
	`id` text PRIMARY KEY NOT NULL,
	`system` integer DEFAULT false NOT NULL,
	`type` text DEFAULT 'base' NOT NULL,
	`name` text NOT NULL,
	`fields` text DEFAULT '[]' NOT NULL,
	`indexes` text DEFAULT '[]' NOT NULL,
	`listRule` text,
	`viewRule` text,
	`createRule` text,
	`updateRule` text,
	`deleteRule` text,
	`options` text DEFAULT '{}' NOT NULL,
	`created` text DEFAULT '' NOT NULL,
	`updated` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `_collections_name_unique` ON `_collections` (`name`);--> statement-breakpoint
CREATE TABLE `_params` (
	`id` text PRIMARY KEY NOT NULL,
	`value` text,
	`created` text DEFAULT '' NOT NULL,
	`updated` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_session_overrides` (
	`id` text PRIMARY KEY NOT NULL,
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`tokenKey` text,
	`expires` integer NOT NULL
);
