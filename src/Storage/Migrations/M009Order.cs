using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The order of submission, counted by the database because the clocks of control silos differ. Existing sweeps are ordered by their times.
/// Sweeps that a silo of the previous version inserts have 0 until a silo claims them; they are then placed last.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("009_order")]
internal sealed class M009Order : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("ordinal", "sweeps", defaultValue: 0L);
        migrationBuilder.Sql("""
            UPDATE sweeps SET ordinal = counted.ordinal FROM (SELECT id, row_number() OVER (ORDER BY submitted_ms, id) AS ordinal
                FROM sweeps) AS counted
            WHERE counted.id = sweeps.id;
            """);
        migrationBuilder.CreateIndex("ix_sweeps_ordinal", "sweeps", "ordinal");
    }
}
