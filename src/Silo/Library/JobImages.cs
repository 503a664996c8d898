using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Web.Jobs;

namespace AdaptCluster.Silo.Library;

/// <summary>Provides the web page with images that jobs were evaluated on. The images are read from this silo's data roots.</summary>
/// <param name="library">The data sets.</param>
internal sealed class JobImages(TrainingLibrary library) : IJobImages, IDisposable
{
    // Pages must not compete with trainers for processors, so only one image is read at a time.
    private readonly SemaphoreSlim _one = new(1);

    /// <inheritdoc/>
    public Task<(ITestImages? Images, string Reason)> FindAsync(JobDefinition job, string manifest) =>
        // Opening a large data set takes seconds.
        Task.Run<(ITestImages?, string)>(() =>
        {
            try
            {
                var dataset = library.CurrentDataset(job.Dataset);
                var (split, reason) = EvaluatedImages.Find(dataset, job, EvaluatedSplit.Test, manifest);
                return split is null ? (null, reason) : (new TestImages(split, _one), "");
            }
            catch (InvalidInputException e)
            {
                return (null, "this silo cannot read the data set "
                    + $"({PrintableText.OneLine(e.Message.ReplaceLineEndings(" ").TrimEnd('.'))})");
            }
        });

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private sealed class TestImages(IImageSplit split, SemaphoreSlim one) : ITestImages
    {
        public string? Name(int index) => split.Name(index);

        public async Task<byte[]> ThumbnailAsync(int index, int side, CancellationToken cancellation)
        {
            await one.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => Thumbnail.Jpeg(split.Load(index), side), cancellation);
            }
            finally
            {
                one.Release();
            }
        }
    }
}
