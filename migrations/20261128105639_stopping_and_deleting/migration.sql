ALTER TABLE "tools" DROP CONSTRAINT "tools_server_name";--> statement-breakpoint
ALTER TABLE "servers" DROP CONSTRAINT "servers_name_key";--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "stopped_by" text;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "stopped_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "deleted_by" text;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tools" ADD COLUMN "deleted_by" text;--> statement-breakpoint
ALTER TABLE "tools" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "servers_name" ON "servers" ("name") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "tools_server_name" ON "tools" ("server_id","name") WHERE deleted_at is null;--> statement-breakpoint
ALTER TABLE "servers" ADD CONSTRAINT "servers_stopped" CHECK ((stopped_by is null) = (stopped_at is null));--> statement-breakpoint
ALTER TABLE "servers" ADD CONSTRAINT "servers_deleted" CHECK ((deleted_by is null) = (deleted_at is null));--> statement-breakpoint
ALTER TABLE "tools" ADD CONSTRAINT "tools_deleted" CHECK ((deleted_by is null) = (deleted_at is null));--> statement-breakpoint
CREATE FUNCTION "versions_stay_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state IN ('draft', 'pending', 'live') AND EXISTS (SELECT 1 FROM tools WHERE tools.id = NEW.tool_id AND deleted_at IS NOT NULL) THEN
		RAISE EXCEPTION 'a deleted tool has no version that is drafted, asked for or live' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_stay_deleted';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "versions_stay_deleted" BEFORE INSERT OR UPDATE OF state ON "versions" FOR EACH ROW EXECUTE FUNCTION "versions_stay_deleted"();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "index_tool"(id uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM tool_index WHERE version_id = id;
	INSERT INTO tool_index (version_id, name, words, spelling, name_words, effect)
	SELECT versions.id, address, words, lower(search_text(names || ' ' || versions.description)), length(ts_filter(words, '{a}')),
		CASE
			WHEN json_words(annotations, '$.readOnlyHint') = 'true' THEN 0
			WHEN json_words(annotations, '$.destructiveHint') = 'false' THEN 1
			ELSE 2
		END
	FROM versions
	JOIN tools ON tools.id = versions.tool_id
	JOIN servers ON servers.id = tools.server_id AND servers.stopped_at IS NULL,
	LATERAL (SELECT concat_ws(' ', address, servers.name, tools.name, json_words(annotations, '$.title')) AS names) AS named,
	LATERAL (SELECT search_words(names, versions.description, schema_words(input_schema), servers.description) AS words) AS indexed
	WHERE versions.id = index_tool.id AND state = 'live' AND kind = 'tool';
END
$$;
--> statement-breakpoint
DROP TRIGGER "servers_index_tools" ON "servers";
--> statement-breakpoint
CREATE TRIGGER "servers_index_tools" AFTER UPDATE OF name, description, stopped_at ON "servers" FOR EACH ROW EXECUTE FUNCTION "servers_index_tools"();
