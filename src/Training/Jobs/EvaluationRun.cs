using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// A method that is being evaluated, with its results so far. If its evaluation fails, other methods in the same evaluation are not
/// affected.
/// </summary>
/// <param name="method">The method to evaluate, in its current state.</param>
/// <param name="split">The images.</param>
/// <param name="events">The job's event handler, which can cancel the evaluation before each batch and is notified after each
/// batch.</param>
/// <param name="testOnly">Whether to skip the validation images.</param>
internal sealed class EvaluationRun(IMethod method, FewShotSplit split, IJobEvents events, bool testOnly = false) : IDisposable
{
    private IClassifier? _classifier;

    /// <summary>The images to evaluate on.</summary>
    internal FewShotSplit Split => split;

    /// <summary>Whether the validation images are skipped.</summary>
    internal bool TestOnly => testOnly;

    /// <summary>The event handler that receives the progress.</summary>
    internal IJobEvents Events => events;

    /// <summary>The method's classifier, created on first use.</summary>
    internal IClassifier Classifier => _classifier ??= method.Freeze();

    /// <summary>The predictions on the validation images; null until they are complete.</summary>
    internal PredictedClasses? Validation { get; set; }

    /// <summary>The predictions on the test images; null until they are complete.</summary>
    internal PredictedClasses? Test { get; set; }

    /// <summary>The error that ended the evaluation; null if no error has occurred.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>Whether the evaluation should continue, because it has neither failed nor been cancelled.</summary>
    internal bool GoesOn()
    {
        Try(events.Cancellation.ThrowIfCancellationRequested);
        return Error is null;
    }

    /// <summary>Runs an action and records its exception, so that an error affects only this method's evaluation.</summary>
    internal void Try(Action work)
    {
        if (Error is not null) return;
        try
        {
            work();
        }
        catch (Exception e)
        {
            Error = e;
        }
    }

    public void Dispose() => _classifier?.Dispose();
}
