using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds data for the web page: the submitter of each sweep, which is unknown for existing sweeps, and the keys that protect the page's
/// cookies.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("005_page")]
internal sealed class M005Page : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("submitted_by", "sweeps", nullable: true);
        migrationBuilder.CreateTable("cookie_keys", t => new { name = t.Column<string>(), xml = t.Column<string>() },
            constraints: t => t.PrimaryKey("pk_cookie_keys", k => k.name));
    }
}
