CREATE TABLE "session_records" (
	"session_id" text PRIMARY KEY,
	"ended" boolean NOT NULL,
	"level" text,
	"subscriptions" json NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
INSERT INTO "session_records" ("session_id", "ended", "subscriptions", "until") SELECT "session_id", true, '[]', "until" FROM "ended_sessions";--> statement-breakpoint
DROP TABLE "ended_sessions";--> statement-breakpoint
CREATE INDEX "session_records_until" ON "session_records" ("until");
