using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace AdaptCluster.Storage.Migrations;

/// <summary>Adds the audit log of the sweeps. Entries are in the order in which the store received them.</summary>
[DbContext(typeof(SweepDbContext)), Migration("014_audit")]
internal sealed class M014Audit : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "audit",
            t => new
            {
                id = t.Column<long>().Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                cluster = t.Column<string>(),
                at_ms = t.Column<long>(),
                sweep_id = t.Column<string>(),
                action = t.Column<int>(),
                outcome = t.Column<int>(),
                way = t.Column<int>(),
                name = t.Column<string>(nullable: true),
                detail = t.Column<string>(nullable: true),
                call = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("pk_audit", a => a.id));
        migrationBuilder.CreateIndex("ix_audit_cluster_sweep_id_id", "audit", ["cluster", "sweep_id", "id"]);
    }
}
