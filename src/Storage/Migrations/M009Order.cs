using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds the order of submission. The database assigns it, because the clocks of control silos differ. Existing sweeps are ordered by their
/// submission times. Sweeps that a silo of the previous version inserts have the value 0 until a silo claims them and places them last.
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
