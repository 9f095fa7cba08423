-- The id of a collection becomes part of paths and keys. A NUL ends what length() counts.
CREATE TRIGGER `_collections_id_insert` BEFORE INSERT ON `_collections`
WHEN octet_length(NEW.`id`) <> length(NEW.`id`) OR length(NEW.`id`) NOT BETWEEN 1 AND 100 OR NEW.`id` GLOB '*[^A-Za-z0-9_]*'
BEGIN SELECT RAISE(ABORT, 'The id of a collection consists of letters, digits and underscores, at most 100.'); END;
--> statement-breakpoint
CREATE TRIGGER `_collections_id_update` BEFORE UPDATE OF `id` ON `_collections`
WHEN octet_length(NEW.`id`) <> length(NEW.`id`) OR length(NEW.`id`) NOT BETWEEN 1 AND 100 OR NEW.`id` GLOB '*[^A-Za-z0-9_]*'
BEGIN SELECT RAISE(ABORT, 'The id of a collection consists of letters, digits and underscores, at most 100.'); END;
