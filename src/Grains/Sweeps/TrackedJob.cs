using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Planning;
using AdaptCluster.Grains.Storage;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>A job in the memory of its sweep's grain.</summary>
internal sealed class TrackedJob
{
    public required JobId Id { get; init; }
    public required JobDefinition Definition { get; init; }
    public required int Pack { get; init; }
    public required int Iterations { get; init; }
    public required JobState State { get; set; }
    public required int Attempt { get; set; }
    public required int Faults { get; set; }
    public required int Epoch { get; set; }
    public string? Error { get; set; }
    public double? Loss { get; set; }
    public int? ContextTokens { get; set; }

    public bool Unfinished => State is JobState.Queued or JobState.Running;
    public int Epochs => Definition.Train?.Epochs ?? 0;
    public long IterationsDone => Epochs == 0 ? 0 : (long)Iterations / Epochs * Epoch;
    public long IterationsLeft => Iterations - IterationsDone;

    public static TrackedJob From(JobEntity row) => new()
    {
        Id = new(row.JobId),
        Definition = JsonSerializer.Deserialize<JobDefinition>(row.DefinitionJson, AdaptClusterJson.Compact)!,
        Pack = row.Pack,
        Iterations = row.Iterations,
        State = row.State,
        Attempt = row.Attempt,
        Faults = row.Faults,
        Epoch = row.Epoch,
        Error = row.Error,
    };

    public JobStatus Status() => new()
    {
        Id = Id,
        Description = JobNames.Describe(Definition),
        State = State,
        Attempt = Attempt,
        Epoch = Epoch,
        Epochs = Epochs,
        Loss = Loss,
        ContextTokens = ContextTokens,
        Error = Error,
    };
}
