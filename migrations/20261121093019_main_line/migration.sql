CREATE TABLE "assertion_uses" (
	"jti" uuid PRIMARY KEY,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ended_sessions" (
	"session_id" text PRIMARY KEY,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operation_events" (
	"op_id" uuid,
	"seq" integer,
	"event" json NOT NULL,
	CONSTRAINT "operation_events_pkey" PRIMARY KEY("op_id","seq")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"op_id" uuid PRIMARY KEY,
	"principal" text NOT NULL,
	"asked" json NOT NULL,
	"request_digest" text NOT NULL,
	"request_id" text NOT NULL,
	"state" text NOT NULL,
	"owner" text NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"dispatch" json,
	"cancelled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "operations_state" CHECK (state in ('running', 'done')),
	CONSTRAINT "operations_done" CHECK ((state = 'done') = (finished_at is not null))
);
--> statement-breakpoint
CREATE TABLE "activity" (
	"id" bigserial PRIMARY KEY,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"details" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admins" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"username" text NOT NULL UNIQUE,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"version_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"client" json,
	"notes" text NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"reason" text,
	CONSTRAINT "approvals_state" CHECK (state in ('waiting', 'approved', 'rejected', 'withdrawn')),
	CONSTRAINT "approvals_decided" CHECK ((state in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)),
	CONSTRAINT "approvals_reason" CHECK (state <> 'rejected' or coalesce(length(reason), 0) > 0)
);
--> statement-breakpoint
CREATE TABLE "executions" (
	"id" uuid PRIMARY KEY,
	"kind" text NOT NULL,
	"version_id" uuid NOT NULL,
	"tool" text NOT NULL,
	"principal" text NOT NULL,
	"principal_label" text NOT NULL,
	"client" json,
	"request_id" text NOT NULL,
	"arguments" json NOT NULL,
	"outcome" text NOT NULL,
	"detail" text,
	"result" text,
	"stdout" text NOT NULL,
	"duration_ms" double precision NOT NULL,
	"isolation" json,
	"egress" json NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	CONSTRAINT "executions_kind" CHECK (kind in ('call', 'trial')),
	CONSTRAINT "executions_outcome" CHECK (outcome in ('ok', 'failed', 'timed_out', 'killed', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"version_id" uuid NOT NULL,
	"approval_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "grants_once" UNIQUE("version_id","kind","value"),
	CONSTRAINT "grants_kind" CHECK (kind in ('host', 'module', 'secret'))
);
--> statement-breakpoint
CREATE TABLE "principals" (
	"key" text PRIMARY KEY,
	"label" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"server_id" uuid NOT NULL,
	"name" text NOT NULL,
	"sealed" bytea NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "secrets_server_name" UNIQUE("server_id","name")
);
--> statement-breakpoint
CREATE TABLE "servers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"name" text NOT NULL UNIQUE,
	"description" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY,
	"sealed" bytea NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_failures" (
	"id" bigserial PRIMARY KEY,
	"address" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"admin_id" uuid NOT NULL,
	"token_hash" text NOT NULL UNIQUE,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tools" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"server_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tools_server_name" UNIQUE("server_id","name")
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"tool_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"hash" text NOT NULL,
	"hash_format" integer NOT NULL,
	"description" text NOT NULL,
	"code" text NOT NULL,
	"input_schema" json NOT NULL,
	"output_schema" json,
	"annotations" json NOT NULL,
	"manifest" json NOT NULL,
	"timeout_ms" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"approval_id" uuid,
	CONSTRAINT "versions_tool_number" UNIQUE("tool_id","number"),
	CONSTRAINT "versions_id_hash" UNIQUE("id","hash"),
	CONSTRAINT "versions_state" CHECK (state in ('draft', 'pending', 'live', 'archived', 'rejected')),
	CONSTRAINT "versions_hash" CHECK (hash ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "versions_timeout" CHECK (timeout_ms between 1000 and 300000),
	CONSTRAINT "versions_live_is_approved" CHECK (state <> 'live' or approval_id is not null)
);
--> statement-breakpoint
CREATE INDEX "assertion_uses_expiry" ON "assertion_uses" ("expires_at");--> statement-breakpoint
CREATE INDEX "ended_sessions_until" ON "ended_sessions" ("until");--> statement-breakpoint
CREATE INDEX "operations_running" ON "operations" ("lease_until") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "operations_finished" ON "operations" ("finished_at");--> statement-breakpoint
CREATE INDEX "activity_recent" ON "activity" ("at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_one_waiting" ON "approvals" ("version_id") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "executions_recent" ON "executions" ("started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "executions_of_version" ON "executions" ("version_id","started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sign_in_failures_recent" ON "sign_in_failures" ("address","at");--> statement-breakpoint
CREATE UNIQUE INDEX "versions_one_draft" ON "versions" ("tool_id") WHERE state = 'draft';--> statement-breakpoint
CREATE UNIQUE INDEX "versions_one_pending" ON "versions" ("tool_id") WHERE state = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "versions_one_live" ON "versions" ("tool_id") WHERE state = 'live';--> statement-breakpoint
ALTER TABLE "operation_events" ADD CONSTRAINT "operation_events_op_id_operations_op_id_fkey" FOREIGN KEY ("op_id") REFERENCES "operations"("op_id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_decided_by_admins_id_fkey" FOREIGN KEY ("decided_by") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_version_hash" FOREIGN KEY ("version_id","hash") REFERENCES "versions"("id","hash");--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_version_id_versions_id_fkey" FOREIGN KEY ("version_id") REFERENCES "versions"("id");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_version_id_versions_id_fkey" FOREIGN KEY ("version_id") REFERENCES "versions"("id");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_approval_id_approvals_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approvals"("id");--> statement-breakpoint
ALTER TABLE "secrets" ADD CONSTRAINT "secrets_server_id_servers_id_fkey" FOREIGN KEY ("server_id") REFERENCES "servers"("id");--> statement-breakpoint
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_admin_id_admins_id_fkey" FOREIGN KEY ("admin_id") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "tools" ADD CONSTRAINT "tools_server_id_servers_id_fkey" FOREIGN KEY ("server_id") REFERENCES "servers"("id");--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_tool_id_tools_id_fkey" FOREIGN KEY ("tool_id") REFERENCES "tools"("id");--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_approval_id_approvals_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approvals"("id");
--> statement-breakpoint
CREATE FUNCTION "versions_keep_text"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW.tool_id, NEW.number, NEW.hash, NEW.hash_format, NEW.description, NEW.code, NEW.input_schema::text, NEW.output_schema::text, NEW.annotations::text, NEW.manifest::text, NEW.timeout_ms)
		IS DISTINCT FROM (OLD.tool_id, OLD.number, OLD.hash, OLD.hash_format, OLD.description, OLD.code, OLD.input_schema::text, OLD.output_schema::text, OLD.annotations::text, OLD.manifest::text, OLD.timeout_ms) THEN
		RAISE EXCEPTION 'the text of a version never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_keep_text';
	END IF;
	IF NEW.state = 'live' AND NOT EXISTS (
		SELECT 1 FROM approvals WHERE approvals.id = NEW.approval_id AND approvals.version_id = NEW.id AND approvals.hash = NEW.hash AND approvals.state = 'approved'
	) THEN
		RAISE EXCEPTION 'a version goes live only by an approval of its own hash' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_live_by_approval';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "versions_keep_text" BEFORE UPDATE ON "versions" FOR EACH ROW EXECUTE FUNCTION "versions_keep_text"();
--> statement-breakpoint
CREATE FUNCTION "versions_start_as_draft"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state <> 'draft' THEN
		RAISE EXCEPTION 'a version starts as a draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_start_as_draft';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "versions_start_as_draft" BEFORE INSERT ON "versions" FOR EACH ROW EXECUTE FUNCTION "versions_start_as_draft"();
