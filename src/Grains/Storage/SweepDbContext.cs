using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Grains.Storage;

/// <summary>The one schema of the store.</summary>
internal sealed class SweepDbContext(DbContextOptions<SweepDbContext> options) : DbContext(options)
{
    public DbSet<SweepEntity> Sweeps => Set<SweepEntity>();
    public DbSet<JobEntity> Jobs => Set<JobEntity>();
    public DbSet<AttemptEntity> Attempts => Set<AttemptEntity>();
    public DbSet<EpochEntity> Epochs => Set<EpochEntity>();
    public DbSet<PruneStepEntity> PruneSteps => Set<PruneStepEntity>();
    public DbSet<CheckpointEntity> Checkpoints => Set<CheckpointEntity>();
    public DbSet<ArtifactEntity> Artifacts => Set<ArtifactEntity>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SweepEntity>(e => { e.ToTable("sweeps"); e.HasKey(s => s.Id); e.HasIndex(s => s.SubmittedMs); });
        modelBuilder.Entity<JobEntity>(e => { e.ToTable("jobs"); e.HasKey(j => new { j.SweepId, j.JobId }); e.HasIndex(j => new { j.SweepId, j.Pack }); });
        modelBuilder.Entity<AttemptEntity>(e => { e.ToTable("attempts"); e.HasKey(a => new { a.SweepId, a.JobId, a.Number }); });
        modelBuilder.Entity<EpochEntity>(e => { e.ToTable("epochs"); e.HasKey(m => new { m.SweepId, m.JobId, m.Epoch }); });
        modelBuilder.Entity<PruneStepEntity>(e => { e.ToTable("prune_steps"); e.HasKey(p => new { p.SweepId, p.JobId, p.Iteration }); });
        modelBuilder.Entity<CheckpointEntity>(e => { e.ToTable("checkpoints"); e.HasKey(c => new { c.SweepId, c.JobId }); });
        modelBuilder.Entity<ArtifactEntity>(e => { e.ToTable("artifacts"); e.HasKey(a => new { a.SweepId, a.JobId, a.Name }); });
    }
}
