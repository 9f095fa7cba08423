CREATE TABLE `_cascade` (
	`collectionRef` text NOT NULL,
	`recordRef` text NOT NULL,
	PRIMARY KEY(`collectionRef`, `recordRef`)
);
