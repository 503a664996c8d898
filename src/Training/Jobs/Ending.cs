using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Jobs;

/// <summary>The end of jobs that find their result together. Whatever is wrong with them, the others go on.</summary>
/// <param name="jobs">The jobs.</param>
internal sealed class Ending(IReadOnlyList<JobRun> jobs) : IDisposable
{
    private IMethod? _method;
    private byte[]? _prompts;
    private Exception? _error;
    private bool _ownsMethod;
    private readonly List<TargetEvaluation> _targets = [];

    /// <summary>The jobs.</summary>
    internal IReadOnlyList<JobRun> Jobs => jobs;

    /// <summary>Time spent on one of them so far.</summary>
    internal TimeSpan Worked { get; set; }

    /// <summary>The evaluation; null where nothing can be evaluated.</summary>
    internal Evaluated? Evaluated { get; private set; }

    /// <summary>Brings together what is evaluated.</summary>
    /// <param name="make">Gives the method, its images, and what its user gets of it.</param>
    /// <param name="ownsMethod">Whether the method is disposed at the end.</param>
    internal void Prepare(Func<(IMethod Method, Draw Draw, byte[]? Prompts)> make, bool ownsMethod)
    {
        _ownsMethod = ownsMethod;
        try
        {
            (_method, var draw, _prompts) = make();
            Evaluated = new Evaluated(_method, draw, jobs[0].Events);
        }
        catch (Exception e)
        {
            _error = e;
        }
    }

    /// <summary>Everything to evaluate: the job's own images, and those of its targets.</summary>
    internal IEnumerable<Evaluated> All =>
        Evaluated is null || _error is not null ? [] : _targets.Select(target => target.Evaluated).Prepend(Evaluated);

    /// <summary>Brings together what is evaluated beside the job's own images; behind <see cref="Prepare"/>.</summary>
    /// <param name="make">Gives a method of its own for each target, owned from now on, and its images. Not called where preparing has
    /// failed.</param>
    internal void PrepareTargets(Func<byte[]?, IEnumerable<(string Name, IMethod Method, Draw Draw)>> make)
    {
        if (_error is not null) return;
        try
        {
            foreach (var (name, method, draw) in make(_prompts))
                _targets.Add(new(name, method, new Evaluated(method, draw, jobs[0].Events, testOnly: true)));
        }
        catch (Exception e)
        {
            _error = e;
        }
    }

    /// <summary>Says what was found.</summary>
    /// <param name="evaluation">One job's share of the evaluation's time.</param>
    internal void Tell(TimeSpan evaluation)
    {
        switch (_error ?? All.Select(one => one.Error).FirstOrDefault(error => error is not null))
        {
            case null:
                var result = Result(evaluation);
                foreach (var job in jobs) job.Events.Complete(result);
                break;
            case OperationCanceledException when jobs[0].Events.Cancellation.IsCancellationRequested:
                foreach (var job in jobs) job.Events.Return(null);
                break;
            case var error:
                foreach (var job in jobs) job.Events.Fail(error);
                break;
        }
    }

    public void Dispose()
    {
        Evaluated?.Dispose();
        foreach (var target in _targets)
        {
            target.Evaluated.Dispose();
            target.Method.Dispose();
        }
        if (_ownsMethod) _method?.Dispose();
    }

    private JobResult Result(TimeSpan evaluation) => new()
    {
        ValidationCorrect = Evaluated!.Validation!.Correct,
        ValidationTotal = Evaluated.Draw.Validation.Count,
        TestCorrect = Evaluated.Test!.Correct,
        TestTotal = Evaluated.Draw.Test.Count,
        ImageContextTokens = _method!.ImageContextTokens,
        TextContextTokens = _method.TextContextTokens,
        TrainableParameters = _method.TrainableParameters,
        MultiplyAdds = _method.MultiplyAdds,
        HookMultiplyAdds = _method.HookMultiplyAdds,
        Prompts = _prompts,
        Duration = Worked + evaluation,
        Predictions = Predictions(Evaluated, _targets),
        Targets = _targets.Count == 0 ? null
            : [.. _targets.Select(target =>
                new TargetResult(target.Name, target.Evaluated.Test!.Correct, target.Evaluated.Draw.Test.Count))],
    };

    /// <summary>What is kept of the answers; null where they are too many to be kept beside a result.</summary>
    private static byte[]? Predictions(Evaluated evaluated, List<TargetEvaluation> targets)
    {
        var data = evaluated.Draw.Data;
        if (data.ClassNames.Count > SplitPredictions.MaxClasses) return null;
        var bytes = new JobPredictions
        {
            ClassNames = data.ClassNames,
            Template = data.Template,
            Validation = evaluated.Validation!.ToPredictions(data.ClassNames),
            Test = evaluated.Test!.ToPredictions(data.ClassNames),
            Targets = [.. targets.Where(target => target.ClassNames.Count <= SplitPredictions.MaxClasses).Select(target =>
                new TargetPredictions(target.Name, target.Evaluated.Draw.Data.Template, target.ClassNames,
                    target.Evaluated.Test!.ToPredictions(target.ClassNames)))],
        }.ToBytes();
        return bytes.Length <= JobPredictions.MaxBytes ? bytes : null;
    }

    /// <summary>What is evaluated on one target.</summary>
    private sealed record TargetEvaluation(string Name, IMethod Method, Evaluated Evaluated)
    {
        internal IReadOnlyList<string> ClassNames => Evaluated.Draw.Data.ClassNames;
    }
}
