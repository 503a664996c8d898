using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Safetensors;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The state of a job between two epochs, a safetensors file. Initial prompts, data order and augmentation are functions of seed, epoch and
/// index, so no random state stands in it.
/// </summary>
internal static class Checkpoint
{
    private const string FormatKey = "format";
    private const string Format = "adaptcluster-checkpoint-1";
    private const string EpochKey = "epoch";
    private const string IterationKey = "iteration";

    /// <summary>Writes the state after an epoch.</summary>
    internal static byte[] Write(ITrainableMethod method, int epoch, int iteration)
    {
        using var scope = torch.NewDisposeScope();
        var metadata = new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [EpochKey] = epoch.ToString(CultureInfo.InvariantCulture),
            [IterationKey] = iteration.ToString(CultureInfo.InvariantCulture),
        };
        return SafetensorsWriter.ToBytes(method.State(), metadata);
    }

    /// <summary>Takes a state up.</summary>
    /// <param name="bytes">What <see cref="Write"/> gave.</param>
    /// <param name="method">A fresh method of the same job.</param>
    /// <param name="epochs">Epochs of the job.</param>
    /// <param name="iterationsPerEpoch">Iterations of one epoch.</param>
    /// <returns>Epochs that are done.</returns>
    /// <exception cref="InvalidInputException">The checkpoint is damaged or belongs to another job.</exception>
    internal static int Restore(byte[] bytes, ITrainableMethod method, int epochs, int iterationsPerEpoch)
    {
        using var file = SafetensorsFile.Read(bytes, "checkpoint");
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
        {
            var found = file.Metadata.GetValueOrDefault(FormatKey);
            throw new InvalidInputException($"checkpoint: format is '{found}', '{Format}' expected; start the job anew.");
        }
        var epoch = Number(file, EpochKey);
        var iteration = Number(file, IterationKey);
        if (epoch < 1 || epoch > epochs || iteration != (long)epoch * iterationsPerEpoch)
        {
            throw new InvalidInputException($"checkpoint: epoch {epoch} at iteration {iteration} is none of a job with {epochs} epochs of "
                + $"{iterationsPerEpoch} iterations; it belongs to another job, start this one anew.");
        }
        method.Restore(file);
        return epoch;
    }

    private static int Number(SafetensorsFile file, string key)
    {
        var text = file.Metadata.GetValueOrDefault(key);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidInputException($"checkpoint: {key} is '{text}', a whole number expected; start the job anew.");
    }
}
