CREATE TABLE `_account_states` (
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`reason` text NOT NULL,
	`until` text NOT NULL,
	`actor` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`collectionRef`, `recordRef`)
);
--> statement-breakpoint
CREATE TABLE `_session_slots` (
	`id` text PRIMARY KEY NOT NULL,
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	`tokenKey` text NOT NULL,
	`seen` integer NOT NULL,
	`expires` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_session_slots_account` ON `_session_slots` (`collectionRef`,`recordRef`);--> statement-breakpoint
CREATE INDEX `_session_slots_expires` ON `_session_slots` (`expires`);