-- A batch undoes itself by inserting into this view: the text becomes the error.
CREATE VIEW `_abort` (`message`) AS SELECT 1 WHERE 0;
--> statement-breakpoint
CREATE TRIGGER `_abort_raise` INSTEAD OF INSERT ON `_abort` BEGIN SELECT RAISE(ABORT, NEW.message); END;
--> statement-breakpoint
INSERT INTO `_catalog_revision` (`id`, `revision`) VALUES (1, 1);
