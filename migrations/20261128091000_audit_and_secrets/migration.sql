CREATE TABLE "secret_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"secret_id" uuid NOT NULL,
	"token_hash" text NOT NULL UNIQUE,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "client" json;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "secrets" ADD COLUMN "description" text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE "secrets" ADD COLUMN "created_by" text NOT NULL DEFAULT 'unknown';--> statement-breakpoint
ALTER TABLE "secrets" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "secrets" ADD COLUMN "updated_by" text NOT NULL DEFAULT 'unknown';--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "address" text NOT NULL DEFAULT 'unknown';--> statement-breakpoint
ALTER TABLE "sign_ins" ADD COLUMN "client" json;--> statement-breakpoint
ALTER TABLE "secrets" ALTER COLUMN "sealed" DROP NOT NULL;--> statement-breakpoint
CREATE INDEX "activity_of" ON "activity" ("actor","id" DESC NULLS LAST);--> statement-breakpoint
ALTER TABLE "secret_links" ADD CONSTRAINT "secret_links_secret_id_secrets_id_fkey" FOREIGN KEY ("secret_id") REFERENCES "secrets"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "secrets" ALTER COLUMN "description" DROP DEFAULT, ALTER COLUMN "created_by" DROP DEFAULT, ALTER COLUMN "updated_by" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sign_ins" ALTER COLUMN "address" DROP DEFAULT;--> statement-breakpoint
CREATE FUNCTION "activity_in_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- Held until the transaction ends: a reader who has seen a number has seen all below it.
	PERFORM pg_advisory_xact_lock(hashtext('mcpbox activity'));
	NEW.id := nextval('activity_id_seq');
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_in_order" BEFORE INSERT ON "activity" FOR EACH ROW EXECUTE FUNCTION "activity_in_order"();--> statement-breakpoint
CREATE FUNCTION "activity_told"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('mcpbox_activity', '');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_told" AFTER INSERT ON "activity" FOR EACH STATEMENT EXECUTE FUNCTION "activity_told"();--> statement-breakpoint
CREATE FUNCTION "activity_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		IF current_setting('mcpbox.retention', true) = 'on' AND OLD.at < now() - interval '1 day' THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'activity is only ever added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_append_only';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_append_only" BEFORE UPDATE OR DELETE ON "activity" FOR EACH ROW EXECUTE FUNCTION "activity_append_only"();--> statement-breakpoint
CREATE TRIGGER "activity_never_emptied" BEFORE TRUNCATE ON "activity" FOR EACH STATEMENT EXECUTE FUNCTION "activity_append_only"();
