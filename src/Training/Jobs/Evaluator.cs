using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Counts how many images of a split are classified right: the class of the largest logit. Methods that are evaluated together share one
/// pass over each split; each finds what it finds alone.
/// </summary>
/// <param name="imageTokens">Tokens of one image.</param>
/// <param name="device">Where the backbone is.</param>
internal sealed class Evaluator(int imageTokens, torch.Device device)
{
    // The rows of a batch pass the MLP at once: that bounds the memory, whatever the model's size.
    private const int MaxRows = 16384;
    private const int MaxImages = 256;

    /// <summary>A GPU is filled by more rows than a CPU, and waits less between the batches.</summary>
    private const int PartsOnGpu = 3;

    /// <summary>Images of a part, which a classifier sees together: what the largest logit is can depend on it.</summary>
    private readonly int _part = Math.Clamp(MaxRows / imageTokens, 1, MaxImages);

    /// <summary>Classifies both splits.</summary>
    /// <param name="methods">What is evaluated.</param>
    internal void Run(IReadOnlyList<Evaluated> methods)
    {
        using var noGradients = torch.no_grad();
        foreach (var group in methods.GroupBy(method => method.Draw.Validation))
            Pass(group.Key, [.. group], (method, correct) => method.ValidationCorrect = correct);
        foreach (var group in methods.GroupBy(method => method.Draw.Test))
            Pass(group.Key, [.. group], (method, correct) => method.TestCorrect = correct);
    }

    /// <summary>One pass over a split.</summary>
    private void Pass(ImageBatches images, Evaluated[] methods, Action<Evaluated, int> found)
    {
        var participants = new List<Participant>();
        foreach (var method in methods.Where(method => method.GoesOn())) method.Try(() => participants.Add(new Participant(method)));
        if (participants.Count == 0) return;
        try
        {
            using var reader = images.Read(device.type == DeviceType.CPU ? _part : PartsOnGpu * _part);
            while (true)
            {
                Participant[] present = [.. participants.Where(one => one.Method.GoesOn())];
                if (present.Length == 0) return;
                using var scope = torch.NewDisposeScope();
                if (reader.Next() is not var (embedded, labels)) break;
                foreach (var one in present) one.Method.Try(() => Classify(one, embedded, labels));
            }
        }
        // An image that cannot be read is missing for all.
        catch (Exception e)
        {
            foreach (var one in participants) one.Method.Try(() => throw e);
        }
        foreach (var one in participants) one.Method.Try(() => found(one.Method, (int)one.Correct));
    }

    private void Classify(Participant one, torch.Tensor embedded, torch.Tensor labels)
    {
        for (var from = 0L; from < labels.shape[0];)
        {
            var count = Math.Min(one.Parts * _part, labels.shape[0] - from);
            try
            {
                one.Correct += Correct(one, embedded.narrow(0, from, count), labels.narrow(0, from, count));
                from += count;
            }
            catch (Exception e) when (one.Parts > 1 && OutOfMemory.Is(e))
            {
                one.Parts = 1;
            }
        }
        one.Method.Events.Moved();
    }

    private static long Correct(Participant one, torch.Tensor embedded, torch.Tensor labels)
    {
        using var scope = torch.NewDisposeScope();
        var logits = one.Method.Classifier.Logits(embedded);
        // One answer to wait for: the device is idle until the next batch is there.
        var found = torch.stack([logits.isfinite().all().to_type(torch.ScalarType.Int64), logits.argmax(1).eq(labels).sum()]).cpu();
        if (found[0].item<long>() == 0)
        {
            throw new AdaptClusterException("The evaluation gave logits that are NaN or infinite; "
                + "lower train.learningRate if the job trains, else check the backbone's files.");
        }
        return found[1].item<long>();
    }

    private sealed class Participant(Evaluated method)
    {
        internal Evaluated Method => method;

        internal long Correct { get; set; }

        /// <summary>Parts that the classifier gets at once.</summary>
        internal int Parts { get; set; } = method.Classifier.SeesNeighbours ? 1 : PartsOnGpu;
    }
}
