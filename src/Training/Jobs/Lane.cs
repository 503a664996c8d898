using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Numerics;
using AdaptCluster.Training.Optimisation;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// One lane of a step: a method in training and its position in the training run. Jobs that differ only in T_target share one lane until
/// they diverge; the job with the smallest T_target leads it.
/// </summary>
internal sealed class Lane : IDisposable
{
    /// <summary>The minimum and maximum number of batches to prepare ahead. The goal is two images per processor.</summary>
    private const int LeastAhead = 2, MostAhead = 16;

    private static readonly int ImagesAhead = 2 * Environment.ProcessorCount;

    private readonly ImageBatches _images;
    private readonly int _perEpoch, _batch, _epochs, _ahead;
    private readonly List<JobRun> _jobs;
    private readonly PendingLosses _losses = new();
    private int _done, _begun;
    private EpochPart _part;
    private int[]? _order;
    private torch.Tensor? _correct;

    /// <summary>Initializes a lane at the start of the training or at its jobs' checkpoint.</summary>
    /// <param name="method">The method to train, newly created for the leader; this object takes ownership.</param>
    /// <param name="jobs">The jobs, with the smallest T_target first. They differ only in T_target and have the same checkpoint.</param>
    /// <param name="images">The training shots.</param>
    /// <param name="ahead">Whether other threads prepare the next batches.</param>
    /// <exception cref="CheckpointException">The checkpoint is damaged or belongs to another job.</exception>
    internal Lane(ITrainableMethod method, IEnumerable<JobRun> jobs, ImageBatches images, bool ahead)
    {
        (Method, _jobs, _images) = (method, [.. jobs], images);
        (Optimiser, _perEpoch) = (new Sgd(Settings.Momentum, Settings.WeightDecay), Settings.IterationsPerEpoch(images.Count));
        (_batch, _epochs) = (Math.Min(Settings.BatchSize, images.Count), Settings.Epochs * method.Rounds);
        _ahead = ahead ? Math.Clamp(ImagesAhead / _batch, LeastAhead, MostAhead) : 0;
        var position = Leader.Checkpoint is { } checkpoint ? Checkpoint.Restore(checkpoint, method, _epochs, _perEpoch, _batch)
            : TrainingPosition.Start;
        (_done, _part) = (position.Epochs, position.Part);
    }

    private Lane(Lane trunk, JobRun job)
    {
        (Method, _jobs, _images, _ahead, Optimiser) = (trunk.Method.Fork(job.Job), [job], trunk._images, trunk._ahead, trunk.Optimiser);
        (_perEpoch, _batch, _epochs) = (trunk._perEpoch, trunk._batch, trunk._epochs);
        (_done, _begun, _part, _order) = (trunk._done, trunk._begun, trunk._part, trunk._order);
        _correct = trunk._correct!.clone().DetachFromDisposeScope();
    }

    /// <summary>The method in training.</summary>
    internal ITrainableMethod Method { get; private set; }

    /// <summary>The jobs that share the lane, with the leader first.</summary>
    internal IReadOnlyList<JobRun> Jobs => _jobs;

    /// <summary>The next iteration, counted from 1.</summary>
    internal int Iteration => (_done * _perEpoch) + _part.Steps + 1;

    /// <summary>Whether all epochs are done.</summary>
    internal bool Ended => _done == _epochs;

    /// <summary>The estimated memory, in bytes, of the lane's share of a step.</summary>
    internal long StepBytes => Method.StepBytes(_batch);

    /// <summary>One job's share of the wall-clock time that this run has spent on the lane.</summary>
    internal TimeSpan Worked { get; private set; }

    private JobRun Leader => _jobs[0];

    private TrainSettings Settings => Leader.Job.Train!;

    /// <summary>The learning rate for the next iteration.</summary>
    internal double LearningRate => LearningRateSchedule.At(Settings, InRound);

    /// <summary>The optimiser for the tensors of <see cref="Method"/>.</summary>
    internal Sgd Optimiser { get; }

    /// <summary>Returns the next batch. Lanes with the same few-shot split share batches through the cache.</summary>
    internal LaneBatch NextBatch(BatchCache cache)
    {
        if (_order is null) BeginEpoch();
        var batch = _order.AsSpan(_part.Steps * _batch, _batch);
        BeginAhead();
        var (embedded, labels) = cache.Get(_images, Settings.Augmentation, Leader.Job.Seed, InRound, batch);
        var indices = batch.ToArray();
        return new LaneBatch(Method, embedded, labels)
        {
            Features = Settings is { Augmentation: Augmentation.None, Precision: not Precision.Bfloat16 } ? () =>
                _images.Features(indices) : null,
        };
    }

    /// <summary>Stores the current iteration's loss, which was computed before the update.</summary>
    internal void Keep(StepResult step) => _losses.Add(Iteration, step.LossThere);

    /// <summary>
    /// Whether losses must be read now, because at least <paramref name="enough"/> losses are unread or because this iteration ends an
    /// epoch, whose report needs them.
    /// </summary>
    internal bool HasLosses(int enough) => _losses.Count >= enough || _part.Steps + 1 == _perEpoch;

    /// <summary>Reads the unread losses of several lanes.</summary>
    /// <returns>The iterations and losses of each lane.</returns>
    internal static (int Iteration, double Loss)[][] ReadLosses(IReadOnlyList<Lane> lanes) =>
        PendingLosses.Read([.. lanes.Select(lane => lane._losses)]);

    /// <summary>Adds losses to the epoch's sum.</summary>
    /// <exception cref="DivergedException">A loss is not finite; the exception contains the first such loss.</exception>
    internal void AddLosses(IEnumerable<(int Iteration, double Loss)> losses)
    {
        foreach (var (iteration, loss) in losses)
        {
            if (!double.IsFinite(loss)) throw new DivergedException(iteration, loss);
            _part = _part with { LossSum = _part.LossSum + loss };
        }
    }

    /// <summary>Counts a finished iteration and advances to the next iteration.</summary>
    /// <param name="step">The result of the lane's batch.</param>
    /// <param name="time">The lane's share of the iteration's duration.</param>
    internal void Count(StepResult step, TimeSpan time)
    {
        _correct!.AddInPlace(step.Correct);
        Worked += time / _jobs.Count;
        _part = _part with { Steps = _part.Steps + 1, Duration = _part.Duration + time };
    }

    /// <summary>Forks a lane for each job that diverges after an iteration.</summary>
    /// <param name="iteration">The iteration, counted from 1, whose update has just been applied.</param>
    /// <exception cref="DivergedException">A loss read before the fork is not finite.</exception>
    /// <returns>One lane for each diverging job.</returns>
    internal Lane[] Part(int iteration)
    {
        var forks = new List<Lane>();
        var parting = _jobs.Skip(1).Where(job => Method.Parts(job.Job, iteration)).ToArray();
        if (parting.Length > 0) AddLosses(ReadLosses([this])[0]);
        try
        {
            foreach (var job in parting)
                forks.Add(new Lane(this, job) { Worked = Worked });
        }
        catch
        {
            foreach (var fork in forks) fork.Dispose();
            throw;
        }
        foreach (var fork in forks) _jobs.Remove(fork.Leader);
        return [.. forks];
    }

    /// <summary>Prunes the method's tokens if this iteration is a prune step.</summary>
    /// <param name="iteration">The iteration, counted from 1, whose update has just been applied.</param>
    internal void Prune(int iteration)
    {
        if (Method.AfterUpdate(iteration) is { } pruned) _part = _part with { PruneSteps = [.. _part.PruneSteps, pruned] };
    }

    /// <summary>Reports the epoch if it has ended.</summary>
    internal void ReportEpoch()
    {
        if (_part.Steps < _perEpoch) return;
        var images = (long)_perEpoch * _batch;
        var report = new EpochReport
        {
            Epoch = _done + 1,
            Iterations = _perEpoch,
            Images = images,
            Loss = _part.LossSum / _perEpoch,
            TrainAccuracy = 100.0 * Correct / images,
            LearningRate = LearningRate,
            ImageContextTokens = Method.ImageContextTokens,
            TextContextTokens = Method.TextContextTokens,
            Duration = _part.Duration / _jobs.Count,
            PruneSteps = [.. _part.PruneSteps],
            Checkpoint = Checkpoint.Write(Method, new TrainingPosition(_done + 1, EpochPart.None), _perEpoch),
        };
        _done++;
        _part = EpochPart.None;
        EndEpoch();
        foreach (var job in _jobs) job.Events.Epoch(report);
    }

    /// <summary>Returns the cancelled jobs with their checkpoint.</summary>
    internal void ReturnCancelled()
    {
        var cancelled = _jobs.Where(job => job.Events.Cancellation.IsCancellationRequested).ToArray();
        if (cancelled.Length == 0) return;
        try
        {
            AddLosses(ReadLosses([this])[0]);
        }
        catch (DivergedException e)
        {
            Fail(e);
            return;
        }
        var checkpoint = _done == 0 && _part.Steps == 0 ? null
            : Checkpoint.Write(Method, new TrainingPosition(_done, _part with { Correct = Correct }), _perEpoch);
        var leads = Leader;
        foreach (var job in cancelled)
        {
            _jobs.Remove(job);
            job.Events.Return(checkpoint);
        }
        if (_jobs.Count == 0 || Leader == leads) return;
        var successor = Method.Fork(Leader.Job);
        Method.Dispose();
        Method = successor;
    }

    /// <summary>Reports to all jobs of the lane that they have failed.</summary>
    internal void Fail(Exception error)
    {
        foreach (var job in _jobs) job.Events.Fail(error);
        _jobs.Clear();
    }

    public void Dispose()
    {
        EndEpoch();
        _losses.Dispose();
        Method.Dispose();
    }

    /// <summary>
    /// The current epoch within its round, counted from 1. Each round uses the same learning rates, data order and augmentation as a
    /// separate run.
    /// </summary>
    private int InRound => RoundEpoch(_done);

    private long Correct => _part.Correct + (_correct?.item<long>() ?? 0);

    private void BeginEpoch()
    {
        if (_done > 0 && InRound == 1 && _part.Steps == 0) Method.BeginRound();
        _order = Order(_done);
        _correct = torch.zeros(1, dtype: torch.ScalarType.Int64, device: Method.Trained[0].Value.device).DetachFromDisposeScope();
    }

    private int RoundEpoch(int done) => (done % Settings.Epochs) + 1;

    /// <summary>Returns the order of the images in an epoch.</summary>
    private int[] Order(int done)
    {
        var order = Enumerable.Range(0, _images.Count).ToArray();
        new CounterRandom(RandomPurpose.Shuffle, Leader.Job.Seed, RoundEpoch(done)).Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Starts to prepare the next batches, including the first batches of the next epoch.</summary>
    private void BeginAhead()
    {
        int[]? next = null;
        var end = Math.Min(Iteration + (long)_ahead, (_done + 2L) * _perEpoch);
        for (_begun = Math.Max(_begun, Iteration); _begun < end; _begun++)
        {
            var (epoch, step) = (_begun / _perEpoch, _begun % _perEpoch);
            if (epoch == _epochs) return;
            var order = epoch == _done ? _order! : next ??= Order(epoch);
            _images.Ahead(order.AsSpan(step * _batch, _batch), Settings.Augmentation, Leader.Job.Seed, RoundEpoch(epoch));
        }
    }

    private void EndEpoch()
    {
        _correct?.Dispose();
        (_order, _correct) = (null, null);
    }
}
