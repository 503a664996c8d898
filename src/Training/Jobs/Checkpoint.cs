using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Reads and writes checkpoints. A checkpoint is the state of a job between two iterations, as a safetensors file. It contains no random
/// state, because initial prompts, data order and augmentation are functions of seed, epoch and index. Within an epoch, it also contains
/// the statistics collected so far for the epoch's report.
/// </summary>
internal static class Checkpoint
{
    private const string FormatKey = "format";
    private const string Format = "adaptcluster-checkpoint-1";
    private const string TrainerKey = "trainer";
    private const string EpochKey = "epoch";
    private const string IterationKey = "iteration";
    private const string LossSumKey = "epoch.loss-sum";
    private const string CorrectKey = "epoch.correct";
    private const string TicksKey = "epoch.ticks";
    private const string PruneIterations = "epoch.prune-iterations";
    private const string ImageMasks = "epoch.image-masks";
    private const string TextMasks = "epoch.text-masks";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="method">The method in training.</param>
    /// <param name="position">The current position in the training.</param>
    /// <param name="iterationsPerEpoch">The number of iterations in one epoch.</param>
    internal static byte[] Write(ITrainableMethod method, TrainingPosition position, int iterationsPerEpoch)
    {
        using var scope = torch.NewDisposeScope();
        var tensors = method.State();
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [TrainerKey] = Text(TrainerVersion.Current),
            [EpochKey] = Text(position.Epochs),
            [IterationKey] = Text((position.Epochs * iterationsPerEpoch) + position.Part.Steps),
        };
        if (position.Part.Steps > 0) AddPart(position.Part, tensors, metadata);
        return SafetensorsWriter.ToBytes(tensors, metadata);
    }

    /// <summary>Restores a checkpoint.</summary>
    /// <param name="bytes">The checkpoint that <see cref="Write"/> returned.</param>
    /// <param name="method">A newly created method for the same job.</param>
    /// <param name="epochs">The job's number of epochs, over all rounds.</param>
    /// <param name="iterationsPerEpoch">The number of iterations in one epoch.</param>
    /// <param name="batch">The number of images in one iteration.</param>
    /// <returns>The position from which training resumes.</returns>
    /// <exception cref="CheckpointException">The checkpoint is damaged or belongs to another job.</exception>
    internal static TrainingPosition Restore(byte[] bytes, ITrainableMethod method, int epochs, int iterationsPerEpoch, int batch)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            using var file = SafetensorsFile.Read(bytes, "checkpoint");
            return Restore(file, method, epochs, iterationsPerEpoch, batch);
        }
        catch (InvalidInputException e)
        {
            throw new CheckpointException(e.Message, e);
        }
    }

    private static TrainingPosition Restore(SafetensorsFile file, ITrainableMethod method, int epochs, int iterationsPerEpoch, int batch)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
        {
            var found = file.Metadata.GetValueOrDefault(FormatKey);
            throw new InvalidInputException($"checkpoint: format is '{found}'; expected '{Format}'");
        }
        // A job that one version begins and another finishes would not reproduce the result of either. Checkpoints of 0.1.0 do not record
        // their version.
        var trainer = file.Metadata.ContainsKey(TrainerKey) ? Number(file, TrainerKey, int.MaxValue) : TrainerVersion.BeforeOffers;
        if (trainer != TrainerVersion.Current)
            throw new InvalidInputException(
                $"checkpoint: it was written by trainer version {trainer}, but this is version {TrainerVersion.Current}");
        var epoch = (int)Number(file, EpochKey, int.MaxValue);
        var iteration = Number(file, IterationKey, int.MaxValue);
        var steps = iteration - ((long)epoch * iterationsPerEpoch);
        if (iteration < 1 || epoch > epochs || steps < 0 || steps >= iterationsPerEpoch || (epoch == epochs && steps > 0))
        {
            throw new InvalidInputException($"checkpoint: epoch {epoch} at iteration {iteration} does not exist in a job with {epochs} "
                + $"epochs of {iterationsPerEpoch} iterations; it belongs to another job");
        }
        var part = steps == 0 ? EpochPart.None : ReadPart(file, (int)steps, steps * batch);
        method.Restore(file);
        return new TrainingPosition(epoch, part);
    }

    private static void AddPart(EpochPart part, Dictionary<string, torch.Tensor> tensors, Dictionary<string, string> metadata)
    {
        metadata[LossSumKey] = part.LossSum.ToString("R", CultureInfo.InvariantCulture);
        metadata[CorrectKey] = Text(part.Correct);
        metadata[TicksKey] = Text(part.Duration.Ticks);
        if (part.PruneSteps.Count == 0) return;
        tensors[PruneIterations] = torch.tensor(part.PruneSteps.Select(step => step.Iteration).ToArray());
        tensors[ImageMasks] = Masks(part, step => step.ImageMask);
        tensors[TextMasks] = Masks(part, step => step.TextMask);
    }

    private static torch.Tensor Masks(EpochPart part, Func<PruneStep, byte[]> mask) =>
        torch.tensor(part.PruneSteps.SelectMany(mask).ToArray(), dtype: torch.ScalarType.Byte).reshape(part.PruneSteps.Count, -1);

    private static EpochPart ReadPart(SafetensorsFile file, int steps, long images)
    {
        var text = file.Metadata.GetValueOrDefault(LossSumKey);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var loss) || !double.IsFinite(loss))
            throw new InvalidInputException($"checkpoint: {LossSumKey} is '{text}'; expected a finite number");
        return new EpochPart(steps, loss, Number(file, CorrectKey, images),
            TimeSpan.FromTicks(Number(file, TicksKey, long.MaxValue)), ReadPruneSteps(file));
    }

    private static PruneStep[] ReadPruneSteps(SafetensorsFile file)
    {
        if (!file.Entries.ContainsKey(PruneIterations)) return [];
        var iterations = Rows(file, PruneIterations, torch.ScalarType.Int32, 1).data<int>().ToArray();
        var (image, text) = (Rows(file, ImageMasks, torch.ScalarType.Byte, 2), Rows(file, TextMasks, torch.ScalarType.Byte, 2));
        if (image.shape[0] != iterations.Length || text.shape[0] != iterations.Length)
        {
            throw new InvalidInputException(
                $"checkpoint: {iterations.Length} prune steps with {image.shape[0]} image masks and {text.shape[0]} "
                + "text masks; the file is damaged");
        }
        return [.. iterations.Select((iteration, i) => new PruneStep
        {
            Iteration = iteration,
            ImageMask = Row(image, i),
            TextMask = Row(text, i),
        })];
    }

    private static torch.Tensor Rows(SafetensorsFile file, string name, torch.ScalarType dtype, int dimensions)
    {
        var tensor = file.ToTensor(name);
        return tensor.dtype == dtype && tensor.dim() == dimensions ? tensor : throw new InvalidInputException(
            $"checkpoint: {name} is {tensor.dtype} with {tensor.dim()} dimensions; expected {dtype} with {dimensions}");
    }

    private static byte[] Row(torch.Tensor rows, int index) => rows[index].contiguous().bytes.ToArray();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(SafetensorsFile file, string key, long most)
    {
        var text = file.Metadata.GetValueOrDefault(key);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new InvalidInputException($"checkpoint: {key} is '{text}'; expected a whole number up to {most}");
    }
}
