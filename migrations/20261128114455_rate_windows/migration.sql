CREATE TABLE "rate_windows" (
	"key" text,
	"window" timestamp with time zone,
	"taken" integer NOT NULL,
	CONSTRAINT "rate_windows_pkey" PRIMARY KEY("key","window")
);
--> statement-breakpoint
CREATE INDEX "rate_windows_age" ON "rate_windows" ("window");