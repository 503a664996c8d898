using AdaptCluster.Training.Methods;

namespace AdaptCluster.Training.Jobs;

/// <summary>A method that is evaluated, with what was found so far. One that fails leaves those beside it alone.</summary>
/// <param name="method">What is evaluated, at its present state.</param>
/// <param name="draw">The images.</param>
/// <param name="events">Cancels before a batch, and hears of each one.</param>
/// <param name="testOnly">Whether the validation images are left out.</param>
internal sealed class Evaluated(IMethod method, Draw draw, IJobEvents events, bool testOnly = false) : IDisposable
{
    private IClassifier? _classifier;

    /// <summary>Its images.</summary>
    internal Draw Draw => draw;

    /// <summary>Whether the validation images are left out.</summary>
    internal bool TestOnly => testOnly;

    /// <summary>Who hears of it.</summary>
    internal IJobEvents Events => events;

    /// <summary>The method's classifier, made when it is first asked for.</summary>
    internal IClassifier Classifier => _classifier ??= method.Freeze();

    /// <summary>What was found of the validation images; null before.</summary>
    internal SplitAnswers? Validation { get; set; }

    /// <summary>What was found of the test images; null before.</summary>
    internal SplitAnswers? Test { get; set; }

    /// <summary>What it failed by; null where nothing did.</summary>
    internal Exception? Error { get; private set; }

    /// <summary>Whether it goes on: it has not failed and is not cancelled.</summary>
    internal bool GoesOn()
    {
        Try(events.Cancellation.ThrowIfCancellationRequested);
        return Error is null;
    }

    /// <summary>The boundary of one among several.</summary>
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
