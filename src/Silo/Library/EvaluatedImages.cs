using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Silo.Library;

/// <summary>Finds the images that a job was evaluated on, without decoding them.</summary>
public static class EvaluatedImages
{
    /// <summary>Returns a job's split if it contains exactly the images that the job was evaluated on.</summary>
    /// <param name="dataset">This silo's copy of the job's data set.</param>
    /// <param name="job">The job.</param>
    /// <param name="split">The split.</param>
    /// <param name="manifest">The manifest of the images that the job was evaluated on.</param>
    /// <returns>The split; null and the reason if its images differ.</returns>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for the job's shots.</exception>
    public static (IImageSplit? Images, string Reason) Find(IDataset dataset, JobDefinition job, EvaluatedSplit split, string manifest)
    {
        var source = split.Source(job);
        // A target has only test images, so no few-shot split is drawn.
        var data = split.Target is null ? dataset.Load(job.Shots, job.Seed, source.Template) : dataset.LoadTest(source.Template);
        var images = split.IsTest ? data.Test : data.Validation;
        return SplitPredictions.ManifestOf(data.ClassNames, images.Labels, images.Name) == manifest ? (images, "")
            : (null, $"this silo's copy of data set '{source.Name}' differs from the one that the job was evaluated on");
    }
}
