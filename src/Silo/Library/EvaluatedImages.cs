using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Silo.Library;

/// <summary>Finds the images that a job was evaluated on, without decoding them.</summary>
public static class EvaluatedImages
{
    /// <summary>Returns a job's split if it has exactly the images that the job was evaluated on.</summary>
    /// <param name="dataset">The job's data set as it is here.</param>
    /// <param name="job">The job.</param>
    /// <param name="test">Whether to return the test split rather than the validation shots.</param>
    /// <param name="manifest">The manifest of the images that the job was evaluated on.</param>
    /// <returns>The split; null, with the reason, if it is another one.</returns>
    /// <exception cref="Contracts.InvalidInputException">The data set does not have enough images for the job's shots.</exception>
    public static (IImageSplit? Split, string Reason) Find(IDataset dataset, JobDefinition job, bool test, string manifest)
    {
        var data = dataset.Load(job.Shots, job.Seed, job.Dataset.Template);
        var split = test ? data.Test : data.Validation;
        return SplitPredictions.ManifestOf(data.ClassNames, split.Labels, split.Name) == manifest ? (split, "")
            : (null, $"the data set '{job.Dataset.Name}' here is not the one that the job was evaluated on");
    }
}
