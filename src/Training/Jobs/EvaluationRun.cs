using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Jobs;

/// <summary>A method under evaluation, with its results so far. Its failure does not affect the methods evaluated with it.</summary>
/// <param name="method">The method to evaluate, at its current state.</param>
/// <param name="split">The images.</param>
/// <param name="events">Cancels before a batch, and is notified of each batch.</param>
/// <param name="testOnly">Whether to skip the validation images.</param>
internal sealed class EvaluationRun(IMethod method, FewShotSplit split, IJobEvents events, bool testOnly = false) : IDisposable
{
    private IClassifier? _classifier;

    /// <summary>The images to evaluate on.</summary>
    internal FewShotSplit Split => split;

    /// <summary>Whether the validation images are skipped.</summary>
    internal bool TestOnly => testOnly;

    /// <summary>Receives the progress.</summary>
    internal IJobEvents Events => events;

    /// <summary>The method's classifier, created on first use.</summary>
    internal IClassifier Classifier => _classifier ??= method.Freeze();

    /// <summary>The predictions on the validation images; null until they are done.</summary>
    internal PredictedClasses? Validation { get; set; }

    /// <summary>The predictions on the test images; null until they are done.</summary>
    internal PredictedClasses? Test { get; set; }

    /// <summary>The error that ended the evaluation; null if none did.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>Whether the evaluation continues, that is, it has neither failed nor been cancelled.</summary>
    internal bool GoesOn()
    {
        Try(events.Cancellation.ThrowIfCancellationRequested);
        return Error is null;
    }

    /// <summary>Runs work and records its exception, so that an error stays within this method's evaluation.</summary>
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
