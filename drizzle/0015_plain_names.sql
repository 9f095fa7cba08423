ALTER TABLE `_familiar_places` RENAME TO `_trusted_networks`;--> statement-breakpoint
ALTER TABLE `_admission` RENAME TO `_sign_in_outcome`;--> statement-breakpoint
ALTER TABLE `_realtime_interests` RENAME TO `_realtime_subscriptions`;--> statement-breakpoint
DROP INDEX `_familiar_places_expires`;--> statement-breakpoint
CREATE INDEX `_trusted_networks_expires` ON `_trusted_networks` (`expires`);
