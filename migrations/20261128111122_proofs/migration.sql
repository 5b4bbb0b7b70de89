CREATE TABLE "code_readings" (
	"digest" text PRIMARY KEY,
	"uses" json NOT NULL,
	"read_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runtimes" (
	"language" text PRIMARY KEY,
	"runtime" text,
	"noted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "runtimes_language" CHECK (language in ('python', 'typescript'))
);
--> statement-breakpoint
CREATE TABLE "test_reports" (
	"hash" text,
	"tests_digest" text,
	"runtime" text,
	"passed" boolean NOT NULL,
	"report" json NOT NULL,
	"ran_at" timestamp with time zone NOT NULL,
	CONSTRAINT "test_reports_about" PRIMARY KEY("hash","tests_digest","runtime")
);
--> statement-breakpoint
CREATE TABLE "tool_tests" (
	"hash" text PRIMARY KEY,
	"tests" json NOT NULL,
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tool_tests_hash" CHECK (hash ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "address" text;--> statement-breakpoint
CREATE INDEX "test_reports_newest" ON "test_reports" ("hash","tests_digest","ran_at" DESC NULLS LAST);