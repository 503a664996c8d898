using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>
/// The EF Core model of the store's schema, for SQLite and PostgreSQL. The <see cref="Migrations"/> create the schema, and a test compares
/// it with the model. Rows are read and written through plain SQL.
/// </summary>
internal sealed class SweepDbContext(DbContextOptions<SweepDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SweepEntity>(e =>
        {
            e.ToTable("sweeps");
            e.HasKey(s => s.Id);
            e.HasIndex(s => s.SubmittedMs);
            e.HasIndex(s => s.Ordinal);
            e.HasIndex(s => new { s.Cluster, s.Ordinal, s.SubmittedMs, s.Id, s.State }, "ix_sweeps_listing");
        });
        modelBuilder.Entity<JobEntity>(e =>
        {
            e.ToTable("jobs");
            e.HasKey(j => new { j.SweepId, j.Position });
            e.Ignore(j => j.Result);
            foreach (var column in ResultColumns.All) e.Property(column.Type, column.Name);
            e.HasIndex(j => new { j.SweepId, j.Pack });
            e.HasIndex(j => j.JobId);
            e.HasIndex(j => j.TrainedId).HasFilter("trained_id IS NOT NULL");
            e.HasIndex(j => j.SweepId, "ix_jobs_flagged").HasFilter("flags <> 0");
        });
        modelBuilder.Entity<AttemptEntity>(e => { e.ToTable("attempts"); e.HasKey(a => new { a.SweepId, a.Position, a.Number }); });
        modelBuilder.Entity<EnvironmentEntity>(e => { e.ToTable("environments"); e.HasKey(v => v.Id); });
        modelBuilder.Entity<QuarantineEntity>(e => { e.ToTable("quarantines"); e.HasKey(q => new { q.Cluster, q.Pool, q.Silo }); });
        modelBuilder.Entity<CookieKeyEntity>(e => { e.ToTable("cookie_keys"); e.HasKey(k => k.Name); });
        modelBuilder.Entity<AuditEntity>(e =>
        {
            e.ToTable("audit");
            e.HasKey(a => a.Id);
            e.HasIndex(a => new { a.Cluster, a.SweepId, a.Id });
        });
        modelBuilder.Entity<EpochEntity>(e => { e.ToTable("epochs"); e.HasKey(m => new { m.SweepId, m.Position, m.Epoch }); });
        modelBuilder.Entity<PruneStepEntity>(e => { e.ToTable("prune_steps"); e.HasKey(p => new { p.SweepId, p.Position, p.Iteration }); });
        modelBuilder.Entity<CheckpointEntity>(e => { e.ToTable("checkpoints"); e.HasKey(c => new { c.SweepId, c.Position }); });
        modelBuilder.Entity<JobArtifactEntity>(e =>
        {
            e.ToTable("job_artifacts");
            e.HasKey(a => new { a.SweepId, a.Position, a.Name });
            e.HasIndex(a => a.ContentKey);
        });
        modelBuilder.Entity<ContentEntity>(e => { e.ToTable("contents"); e.HasKey(c => c.Key); });
        modelBuilder.Entity<ArtifactEntity>(e => { e.ToTable("artifacts"); e.HasKey(a => new { a.SweepId, a.Position, a.Name }); });
        // Both databases use the same snake-case names, so that hand-written SQL can use them unquoted.
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties()) property.SetColumnName(SnakeCase(property.Name));
            foreach (var key in entity.GetKeys()) key.SetName($"pk_{entity.GetTableName()}");
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName(index.Name
                    ?? $"ix_{entity.GetTableName()}_{string.Join('_', index.Properties.Select(p => SnakeCase(p.Name)))}");
        }
    }

    internal static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
