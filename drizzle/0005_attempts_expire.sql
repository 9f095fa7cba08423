DELETE FROM `_attempts`;--> statement-breakpoint
ALTER TABLE `_attempts` ADD `expires` integer NOT NULL;--> statement-breakpoint
CREATE INDEX `_attempts_expires` ON `_attempts` (`expires`);--> statement-breakpoint
ALTER TABLE `_attempts` DROP COLUMN `since`;