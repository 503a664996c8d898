using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Creates the tables and queries for Orleans' membership and reminders on PostgreSQL. An embedded silo keeps both in memory.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("002_orleans")]
internal sealed class M002Orleans : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (migrationBuilder.ActiveProvider != StoreDatabase.PostgresProvider) return;
        using var resource = typeof(M002Orleans).Assembly.GetManifestResourceStream("orleans.sql")!;
        using var text = new StreamReader(resource);
        migrationBuilder.Sql(text.ReadToEnd());
    }
}
