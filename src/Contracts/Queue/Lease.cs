using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>A pack that waits for a worker.</summary>
/// <param name="Sweep">Its sweep.</param>
/// <param name="Pack">Its number in the sweep's plan.</param>
/// <param name="Iterations">Training iterations, by which the longest goes first.</param>
[GenerateSerializer, Immutable, Alias("PackOffer")]
public sealed record PackOffer([property: Id(0)] SweepId Sweep, [property: Id(1)] int Pack, [property: Id(2)] long Iterations);

/// <summary>The right of one worker to run a pack until a deadline.</summary>
/// <param name="Id">The lease's own number; renewals and returns name it.</param>
/// <param name="Sweep">The pack's sweep.</param>
/// <param name="Pack">The pack's number in the plan.</param>
/// <param name="RenewEvery">How often the worker should renew; a lease lasts several times as long.</param>
[GenerateSerializer, Immutable, Alias("Lease")]
public sealed record Lease([property: Id(0)] Guid Id, [property: Id(1)] SweepId Sweep, [property: Id(2)] int Pack, [property: Id(3)] TimeSpan RenewEvery);

/// <summary>One job of a leased pack: what to run, under which number, and from where.</summary>
/// <param name="Id">The job.</param>
/// <param name="Definition">What it computes.</param>
/// <param name="Attempt">The fencing token: only reports with this number count.</param>
/// <param name="Checkpoint">State after the last epoch that was kept; null to start afresh.</param>
[GenerateSerializer, Immutable, Alias("JobAssignment")]
public sealed record JobAssignment(
    [property: Id(0)] JobId Id, [property: Id(1)] JobDefinition Definition, [property: Id(2)] int Attempt, [property: Id(3)] byte[]? Checkpoint);

/// <summary>Why an attempt ended without a result.</summary>
/// <param name="Message">One line.</param>
/// <param name="Retry">Whether another attempt could end otherwise.</param>
[GenerateSerializer, Immutable, Alias("JobFault")]
public sealed record JobFault([property: Id(0)] string Message, [property: Id(1)] bool Retry);
