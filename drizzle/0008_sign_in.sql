CREATE TABLE `_admission` (
	`outcome` text NOT NULL,
	`isAlerting` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `_otp_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`expires` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `_otp_requests_address` ON `_otp_requests` (`address`,`expires`);--> statement-breakpoint
CREATE INDEX `_otp_requests_expires` ON `_otp_requests` (`expires`);