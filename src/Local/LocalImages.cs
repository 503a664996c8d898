using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local;

/// <summary>Finds the images that a job was evaluated on among this machine's data sets, without decoding them.</summary>
internal static class LocalImages
{
    /// <summary>Returns the paths of a split's images, relative to the data set's folder, in the split's order.</summary>
    /// <param name="settings">The settings, with the data roots.</param>
    /// <param name="job">The job.</param>
    /// <param name="split">The split.</param>
    /// <param name="manifest">The manifest of the images that the job was evaluated on.</param>
    /// <returns>The paths; null, with the reason, if they cannot be determined.</returns>
    public static (IReadOnlyList<string>? Names, string Reason) Names(
        SiloSettings settings, JobDefinition job, EvaluatedSplit split, string manifest)
    {
        var source = split.Source(job);
        try
        {
            var opener = DatasetFormats.Opener(settings.KnownMethods.Formats.Of(source));
            var dataset = DatasetFormats.Open(opener, settings.DataRoots, source);
            var (images, reason) = EvaluatedImages.Find(dataset, job, split, manifest);
            if (images is null) return (null, reason);
            var names = Enumerable.Range(0, images.Labels.Count).Select(images.Name).OfType<string>().ToArray();
            return names.Length < images.Labels.Count ? (null, $"the images of '{source.Name}' are not stored in files") : (names, "");
        }
        catch (InvalidInputException e)
        {
            return (null, $"the data set cannot be read here ({PrintableText.OneLine(e.Message.ReplaceLineEndings(" ").TrimEnd('.'))})");
        }
    }
}
