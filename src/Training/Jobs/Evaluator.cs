using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Predicts the class of each image in a split: the class with the largest logit. Methods that are evaluated together share one pass over
/// each split, and each method gets the same result as in an evaluation of its own.
/// </summary>
/// <param name="imageTokens">The number of tokens per image.</param>
/// <param name="device">The backbone's device.</param>
internal sealed class Evaluator(int imageTokens, torch.Device device)
{
    // All rows of a part pass through the MLP at once, so this limit keeps the memory bounded for models of any size.
    private const int MaxRows = 16384;
    private const int MaxImages = 256;

    /// <summary>
    /// The number of parts per batch on a GPU. A GPU needs more rows than a CPU for full utilisation, and larger batches reduce the number
    /// of times that it waits.
    /// </summary>
    private const int PartsOnGpu = 3;

    /// <summary>
    /// The maximum number of images in a part, the unit in which a classifier evaluates images. The predicted class can depend on this
    /// number.
    /// </summary>
    private readonly int _part = Math.Clamp(MaxRows / imageTokens, 1, MaxImages);

    /// <summary>Classifies the validation and test splits or, for an evaluation target, only the test split.</summary>
    /// <param name="methods">The methods to evaluate.</param>
    internal void Run(IReadOnlyList<EvaluationRun> methods)
    {
        using var noGradients = torch.no_grad();
        foreach (var group in methods.Where(method => !method.TestOnly).GroupBy(method => method.Split.Validation))
            Pass(group.Key, [.. group], (method, answers) => method.Validation = answers);
        foreach (var group in methods.GroupBy(method => method.Split.Test))
            Pass(group.Key, [.. group], (method, answers) => method.Test = answers);
    }

    /// <summary>Makes one pass over a split for all of the given methods.</summary>
    private void Pass(ImageBatches images, EvaluationRun[] methods, Action<EvaluationRun, PredictedClasses> found)
    {
        var participants = new List<Participant>();
        foreach (var method in methods.Where(method => method.GoesOn()))
            method.Try(() => participants.Add(new Participant(method, images)));
        if (participants.Count == 0) return;
        try
        {
            using var reader = images.Read(device.type == DeviceType.CPU ? _part : PartsOnGpu * _part);
            while (true)
            {
                Participant[] present = [.. participants.Where(one => one.Method.GoesOn())];
                if (present.Length == 0) return;
                using var scope = torch.NewDisposeScope();
                if (reader.Next() is not var (embedded, _)) break;
                foreach (var one in present) one.Method.Try(() => Classify(one, embedded));
            }
        }
        // An unreadable image affects all methods.
        catch (Exception e)
        {
            foreach (var one in participants) one.Method.Try(() => throw e);
        }
        foreach (var one in participants) one.Method.Try(() => found(one.Method, one.Answers));
    }

    private void Classify(Participant one, torch.Tensor embedded)
    {
        for (var from = 0L; from < embedded.shape[0];)
        {
            var count = Math.Min(one.Parts * _part, embedded.shape[0] - from);
            try
            {
                Answer(one, embedded.narrow(0, from, count));
                from += count;
            }
            catch (Exception e) when (one.Parts > 1 && OutOfMemory.Is(e))
            {
                one.Parts = 1;
            }
        }
        one.Method.Events.Moved();
    }

    private static void Answer(Participant one, torch.Tensor embedded)
    {
        using var scope = torch.NewDisposeScope();
        var logits = one.Method.Classifier.Logits(embedded);
        var predicted = logits.argmax(1, keepdim: true);
        var probabilities = logits.to_type(torch.ScalarType.Float32).softmax(1).gather(1, predicted);
        // A single download, because the device is idle until the next batch arrives. Class indices are exact in float32 up to 2^24.
        var found = torch.cat([logits.isfinite().all().reshape(1).to_type(torch.ScalarType.Float32),
            predicted.flatten().to_type(torch.ScalarType.Float32), probabilities.flatten()], 0).cpu().data<float>().ToArray();
        if (found[0] == 0)
        {
            throw new AdaptClusterException("The evaluation produced logits that are NaN or infinite; "
                + "lower train.learningRate if the job trains; otherwise check the backbone's files.");
        }
        var images = found.Length / 2;
        one.Answers.Add(found.AsSpan(1, images), found.AsSpan(1 + images));
    }

    private sealed class Participant(EvaluationRun method, ImageBatches images)
    {
        internal EvaluationRun Method => method;

        internal PredictedClasses Answers { get; } = new(images);

        /// <summary>The number of parts that the classifier evaluates in one call.</summary>
        internal int Parts { get; set; } = method.Classifier.SeesNeighbours ? 1 : PartsOnGpu;
    }
}
