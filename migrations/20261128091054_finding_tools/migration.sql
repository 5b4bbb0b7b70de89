CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "tool_index" (
	"version_id" uuid PRIMARY KEY,
	"name" text NOT NULL,
	"words" tsvector NOT NULL,
	"spelling" text NOT NULL,
	"name_words" real NOT NULL,
	"effect" smallint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "tool_index_words" ON "tool_index" USING gin ("words") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "tool_index_spelling" ON "tool_index" USING gin ("spelling" gin_trgm_ops) WITH (fastupdate=false);--> statement-breakpoint
ALTER TABLE "tool_index" ADD CONSTRAINT "tool_index_version_id_versions_id_fkey" FOREIGN KEY ("version_id") REFERENCES "versions"("id") ON DELETE CASCADE;
--> statement-breakpoint
CREATE FUNCTION "search_text"(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT regexp_replace(regexp_replace($1, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[[:punct:][:space:][:cntrl:]]+', ' ', 'g')
$$;
--> statement-breakpoint
CREATE FUNCTION "search_words"(names text, description text, arguments text, server text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT setweight(to_tsvector('pg_catalog.english', search_text(names)), 'A')
		|| setweight(to_tsvector('pg_catalog.english', search_text(description)), 'B')
		|| setweight(to_tsvector('pg_catalog.english', search_text(arguments)), 'C')
		|| setweight(to_tsvector('pg_catalog.english', search_text(server)), 'D')
$$;
--> statement-breakpoint
-- The texts at these paths. What PostgreSQL cannot take for text (NUL, lone surrogates) leaves the document without any.
CREATE FUNCTION "json_words"(document json, VARIADIC paths jsonpath[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN coalesce((
		SELECT string_agg(word #>> '{}', ' ')
		FROM unnest(paths) AS path, jsonb_path_query(document::jsonb, path, '{}', true) AS word
		WHERE jsonb_typeof(word) IN ('string', 'boolean')
	), '');
EXCEPTION WHEN untranslatable_character OR invalid_text_representation THEN
	RETURN '';
END
$$;
--> statement-breakpoint
CREATE FUNCTION "schema_words"(input_schema json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT json_words(input_schema, 'strict $.**.properties.keyvalue().key', 'strict $.**.description', 'strict $.**.enum[*]')
$$;
--> statement-breakpoint
CREATE FUNCTION "index_tool"(id uuid) RETURNS void LANGUAGE plpgsql AS $$
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
	JOIN servers ON servers.id = tools.server_id,
	LATERAL (SELECT concat_ws(' ', address, servers.name, tools.name, json_words(annotations, '$.title')) AS names) AS named,
	LATERAL (SELECT search_words(names, versions.description, schema_words(input_schema), servers.description) AS words) AS indexed
	WHERE versions.id = index_tool.id AND state = 'live' AND kind = 'tool';
END
$$;
--> statement-breakpoint
CREATE FUNCTION "versions_index_tool"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM index_tool(NEW.id);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "versions_index_tool" AFTER UPDATE OF state ON "versions" FOR EACH ROW
	WHEN (OLD.state IS DISTINCT FROM NEW.state AND 'live' IN (OLD.state, NEW.state))
	EXECUTE FUNCTION "versions_index_tool"();
--> statement-breakpoint
CREATE FUNCTION "servers_index_tools"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM index_tool(versions.id) FROM versions JOIN tools ON tools.id = tool_id WHERE server_id = NEW.id AND state = 'live';
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "servers_index_tools" AFTER UPDATE OF name, description ON "servers" FOR EACH ROW EXECUTE FUNCTION "servers_index_tools"();
--> statement-breakpoint
SELECT index_tool(id) FROM versions WHERE state = 'live';
