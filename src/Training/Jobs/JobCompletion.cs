using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Handles the final step of jobs that share one result: evaluation and reporting. An error in this step fails only these jobs.
/// </summary>
/// <param name="jobs">The jobs.</param>
internal sealed class JobCompletion(IReadOnlyList<JobRun> jobs) : IDisposable
{
    private IMethod? _method;
    private byte[]? _prompts;
    private Exception? _error;
    private bool _ownsMethod;
    private readonly List<TargetEvaluation> _targets = [];

    /// <summary>The jobs.</summary>
    internal IReadOnlyList<JobRun> Jobs => jobs;

    /// <summary>One job's share of the time spent so far.</summary>
    internal TimeSpan Worked { get; set; }

    /// <summary>The evaluation; null if preparing it failed.</summary>
    internal EvaluationRun? Evaluation { get; private set; }

    /// <summary>Prepares the evaluation.</summary>
    /// <param name="make">A function that returns the method, the images to evaluate it on, and the trained tensors to store with the
    /// result.</param>
    /// <param name="ownsMethod">Whether this object takes ownership of the method.</param>
    internal void Prepare(Func<(IMethod Method, FewShotSplit Split, byte[]? Prompts)> make, bool ownsMethod)
    {
        _ownsMethod = ownsMethod;
        try
        {
            (_method, var split, _prompts) = make();
            Evaluation = new EvaluationRun(_method, split, jobs[0].Events);
        }
        catch (Exception e)
        {
            _error = e;
        }
    }

    /// <summary>The evaluation on the job's own images, followed by the evaluations on the job's targets.</summary>
    internal IEnumerable<EvaluationRun> All =>
        Evaluation is null || _error is not null ? [] : _targets.Select(target => target.Evaluation).Prepend(Evaluation);

    /// <summary>Prepares the evaluation of the job's targets. Call this after <see cref="Prepare"/>.</summary>
    /// <param name="make">A function that returns a separate method for each target, with the target's images. This object takes ownership
    /// of the methods. The function is not called if <see cref="Prepare"/> failed.</param>
    internal void PrepareTargets(Func<byte[]?, IEnumerable<(string Name, IMethod Method, FewShotSplit Split)>> make)
    {
        if (_error is not null) return;
        try
        {
            foreach (var (name, method, split) in make(_prompts))
                _targets.Add(new(name, method, new EvaluationRun(method, split, jobs[0].Events, testOnly: true)));
        }
        catch (Exception e)
        {
            _error = e;
        }
    }

    /// <summary>Reports the outcome to every job.</summary>
    /// <param name="evaluation">One job's share of the evaluation time.</param>
    internal void Report(TimeSpan evaluation)
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
        Evaluation?.Dispose();
        foreach (var target in _targets)
        {
            target.Evaluation.Dispose();
            target.Method.Dispose();
        }
        if (_ownsMethod) _method?.Dispose();
    }

    private JobResult Result(TimeSpan evaluation) => new()
    {
        ValidationCorrect = Evaluation!.Validation!.Correct,
        ValidationTotal = Evaluation.Split.Validation.Count,
        TestCorrect = Evaluation.Test!.Correct,
        TestTotal = Evaluation.Split.Test.Count,
        ImageContextTokens = _method!.ImageContextTokens,
        TextContextTokens = _method.TextContextTokens,
        TrainableParameters = _method.TrainableParameters,
        MultiplyAdds = _method.MultiplyAdds,
        HookMultiplyAdds = _method.HookMultiplyAdds,
        Prompts = _prompts,
        TrainedFrom = _prompts is not null && jobs[0].OnlyEvaluates ? jobs[0].Trained?.Origin : null,
        Duration = Worked + evaluation,
        Predictions = Predictions(Evaluation, _targets),
        Targets = _targets.Count == 0 ? null
            : [.. _targets.Select(target =>
                new TargetResult(target.Name, target.Evaluation.Test!.Correct, target.Evaluation.Split.Test.Count))],
    };

    /// <summary>Returns the predictions to store; null if they are too large to store with a result.</summary>
    private static byte[]? Predictions(EvaluationRun evaluated, List<TargetEvaluation> targets)
    {
        var data = evaluated.Split.Data;
        if (data.ClassNames.Count > SplitPredictions.MaxClasses) return null;
        var predictions = new JobPredictions
        {
            ClassNames = data.ClassNames,
            Template = data.Template,
            Validation = evaluated.Validation!.ToPredictions(data.ClassNames),
            Test = evaluated.Test!.ToPredictions(data.ClassNames),
            Targets = [.. targets.Where(target => target.ClassNames.Count <= SplitPredictions.MaxClasses).Select(target =>
                new TargetPredictions(target.Name, target.Evaluation.Split.Data.Template, target.ClassNames,
                    target.Evaluation.Test!.ToPredictions(target.ClassNames)))],
        };
        // If they are too large, the predictions for the targets are dropped first.
        return new[] { predictions, predictions with { Targets = [] } }.Select(some => some.ToBytes())
            .FirstOrDefault(bytes => bytes.Length <= JobPredictions.MaxBytes);
    }

    /// <summary>The evaluation on one target.</summary>
    private sealed record TargetEvaluation(string Name, IMethod Method, EvaluationRun Evaluation)
    {
        internal IReadOnlyList<string> ClassNames => Evaluation.Split.Data.ClassNames;
    }
}
