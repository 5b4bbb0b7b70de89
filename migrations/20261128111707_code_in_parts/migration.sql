CREATE TABLE "code_parts" (
	"principal" text,
	"server" text,
	"tool" text,
	"of" integer NOT NULL,
	"part" integer,
	"bytes" bytea NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "code_parts_pkey" PRIMARY KEY("principal","server","tool","part"),
	CONSTRAINT "code_parts_part" CHECK (part between 1 and "of")
);
--> statement-breakpoint
CREATE INDEX "code_parts_expiry" ON "code_parts" ("expires_at");