using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local;

/// <summary>Finds the images that a job was evaluated on among this machine's data sets, without decoding them.</summary>
internal static class LocalImages
{
    /// <summary>Returns the paths of a split's images, relative to the data set's folder, in the split's order.</summary>
    /// <param name="settings">The settings, with the data roots.</param>
    /// <param name="job">The job.</param>
    /// <param name="test">Whether to return the test split rather than the validation shots.</param>
    /// <param name="manifest">The manifest of the images that it was evaluated on.</param>
    /// <returns>The paths; null, with the reason, if they cannot be determined.</returns>
    public static (IReadOnlyList<string>? Names, string Reason) Names(SiloSettings settings, JobDefinition job, bool test, string manifest)
    {
        try
        {
            var opener = DatasetFormats.Opener(settings.KnownMethods.Formats.Of(job.Dataset));
            var (split, reason) = EvaluatedImages.Find(
                DatasetFormats.Open(opener, settings.DataRoots, job.Dataset), job, test, manifest);
            if (split is null) return (null, reason);
            var names = Enumerable.Range(0, split.Labels.Count).Select(split.Name).OfType<string>().ToArray();
            return names.Length < split.Labels.Count
                ? (null, $"those of '{job.Dataset.Name}' lie in no files") : (names, "");
        }
        catch (InvalidInputException e)
        {
            return (null, $"the data set cannot be read here ({PrintableText.OneLine(e.Message.ReplaceLineEndings(" ").TrimEnd('.'))})");
        }
    }
}
