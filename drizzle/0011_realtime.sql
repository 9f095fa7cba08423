CREATE TABLE `_realtime_interests` (
	`topic` text NOT NULL,
	`shard` integer NOT NULL,
	PRIMARY KEY(`topic`, `shard`)
);
--> statement-breakpoint
CREATE TABLE `_realtime_shards` (
	`id` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`expires` integer NOT NULL
);
