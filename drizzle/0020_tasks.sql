ALTER TABLE `_deliveries` ADD `payload` text;--> statement-breakpoint
ALTER TABLE `_deliveries` ADD `key` text;--> statement-breakpoint
ALTER TABLE `_deliveries` ADD `depth` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `_deliveries` ADD `running` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `_deliveries_key` ON `_deliveries` (`endpoint`,`key`) WHERE "key" IS NOT NULL AND "state" = 'waiting';