using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Web.Jobs;

/// <summary>
/// Reads the images that jobs were evaluated on. A host that can read data sets provides an implementation, which must be thread-safe.
/// </summary>
public interface IJobImages
{
    /// <summary>Finds a job's test images in the data sets on this machine.</summary>
    /// <param name="job">The job.</param>
    /// <param name="manifest">The manifest of the images that the job was evaluated on.</param>
    /// <returns>The images; null and the reason if they cannot be read on this machine.</returns>
    Task<(ITestImages? Images, string Reason)> FindAsync(JobDefinition job, string manifest);
}

/// <summary>The test images of a job.</summary>
public interface ITestImages
{
    /// <summary>Returns the path of an image relative to its data set's folder; null if the image is not in a file.</summary>
    /// <param name="index">The image's position in the split.</param>
    string? Name(int index);

    /// <summary>Reads an image and scales it down.</summary>
    /// <param name="index">The image's position in the split.</param>
    /// <param name="side">The maximum width and height in pixels.</param>
    /// <param name="cancellation">Cancels the wait for other images, which are read one at a time.</param>
    /// <returns>A JPEG file.</returns>
    /// <exception cref="Contracts.InvalidInputException">The file is missing or damaged; the message names it.</exception>
    Task<byte[]> ThumbnailAsync(int index, int side, CancellationToken cancellation);
}
