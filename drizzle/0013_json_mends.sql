CREATE TABLE `_json_mends` (
	`collectionRef` text NOT NULL,
	`due` integer NOT NULL,
	`reached` integer,
	PRIMARY KEY(`collectionRef`, `due`)
);
--> statement-breakpoint
INSERT INTO `_json_mends` (`collectionRef`, `due`)
SELECT `c`.`id`, `t`.`due`
FROM `_collections` AS `c`, (SELECT 0 AS `due` UNION ALL SELECT unixepoch() + 3600) AS `t`
WHERE `c`.`type` <> 'view'
	AND EXISTS (SELECT 1 FROM json_each(`c`.`fields`) AS `f` WHERE `f`.`value` ->> 'type' = 'json');
