CREATE TABLE "permission_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"server_id" uuid NOT NULL,
	"tool_id" uuid,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"justification" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"client" json,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"reason" text,
	CONSTRAINT "permission_requests_kind" CHECK (kind in ('host', 'module', 'package')),
	CONSTRAINT "permission_requests_state" CHECK (state in ('waiting', 'approved', 'rejected')),
	CONSTRAINT "permission_requests_decided" CHECK ((state <> 'waiting') = (num_nonnulls(decided_by, decided_at) = 2)),
	CONSTRAINT "permission_requests_reason" CHECK (state <> 'rejected' or coalesce(length(reason), 0) > 0)
);
--> statement-breakpoint
CREATE TABLE "permissions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"server_id" uuid NOT NULL,
	"tool_id" uuid,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"granted_by" uuid NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"expiry_noted_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" uuid,
	"revocation_reason" text,
	CONSTRAINT "permissions_kind" CHECK (kind in ('host', 'module', 'package')),
	CONSTRAINT "permissions_revoked" CHECK (num_nonnulls(revoked_at, revoked_by, revocation_reason) in (0, 3) and (revocation_reason is null or length(revocation_reason) > 0))
);
--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "decided_by_policy" text;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "expiry_noted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "revoked_by" uuid;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "revocation_reason" text;--> statement-breakpoint
ALTER TABLE "servers" ADD COLUMN "approval_policy" text;--> statement-breakpoint
CREATE UNIQUE INDEX "permission_requests_one_waiting" ON "permission_requests" (coalesce(tool_id, server_id),"kind","value") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "permission_requests_of_server" ON "permission_requests" ("server_id");--> statement-breakpoint
CREATE UNIQUE INDEX "permissions_once" ON "permissions" (coalesce(tool_id, server_id),"kind","value");--> statement-breakpoint
CREATE INDEX "permissions_of_server" ON "permissions" ("server_id");--> statement-breakpoint
CREATE INDEX "grants_expiry" ON "grants" ("expires_at") WHERE expiry_noted_at is null;--> statement-breakpoint
ALTER TABLE "permission_requests" ADD CONSTRAINT "permission_requests_server_id_servers_id_fkey" FOREIGN KEY ("server_id") REFERENCES "servers"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "permission_requests" ADD CONSTRAINT "permission_requests_tool_id_tools_id_fkey" FOREIGN KEY ("tool_id") REFERENCES "tools"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "permission_requests" ADD CONSTRAINT "permission_requests_decided_by_admins_id_fkey" FOREIGN KEY ("decided_by") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_server_id_servers_id_fkey" FOREIGN KEY ("server_id") REFERENCES "servers"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_tool_id_tools_id_fkey" FOREIGN KEY ("tool_id") REFERENCES "tools"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_granted_by_admins_id_fkey" FOREIGN KEY ("granted_by") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_revoked_by_admins_id_fkey" FOREIGN KEY ("revoked_by") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_revoked_by_admins_id_fkey" FOREIGN KEY ("revoked_by") REFERENCES "admins"("id");--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_by_policy" CHECK (decided_by_policy is null or (state = 'approved' and decided_by_policy in ('pure', 'shrinking')));--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_revoked" CHECK (num_nonnulls(revoked_at, revoked_by, revocation_reason) in (0, 3) and (revocation_reason is null or length(revocation_reason) > 0));--> statement-breakpoint
ALTER TABLE "servers" ADD CONSTRAINT "servers_approval_policy" CHECK (approval_policy is null or approval_policy in ('ask', 'pure', 'shrinking', 'pure+shrinking'));--> statement-breakpoint
ALTER TABLE "approvals" DROP CONSTRAINT "approvals_decided", ADD CONSTRAINT "approvals_decided" CHECK ((state in ('approved', 'rejected')) = (num_nonnulls(decided_by, decided_by_policy) = 1 and decided_at is not null));