using AdaptCluster.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web.Jobs;

/// <summary>Serves thumbnails of a job's test images. Anyone who can see the page can see the images.</summary>
internal static class JobImageFiles
{
    /// <summary>The maximum width and height of a thumbnail, in pixels: twice the displayed size, for high-density screens.</summary>
    private const int Side = 192;

    /// <summary>Returns the path of an image.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="job">The job's id.</param>
    /// <param name="index">The image's position in the test split.</param>
    public static string Address(string sweep, string job, int index) =>
        FormattableString.Invariant($"/sweeps/{sweep}/jobs/{job}/images/{index}.jpg");

    /// <summary>Maps the images.</summary>
    /// <param name="app">The host's endpoints.</param>
    public static void MapJobImages(this IEndpointRouteBuilder app) =>
        app.MapGet("/sweeps/{Id}/jobs/{Job}/images/{index:int}.jpg", (string id, string job, int index, HttpContext context) =>
            PageFile.AnswerAsync(context, async () =>
            {
                var services = context.RequestServices;
                var evidence = await JobEvidence.ReadAsync(services.GetRequiredService<SharedReads>(), ClusterReader.Of(context),
                    services.GetService<IJobImages>(), id, job);
                if (evidence is null) return NotFound($"Job {job} has no predictions.");
                if (evidence.Images is not { } images) return NotFound($"No images: {evidence.Reason}.");
                if (index < 0 || index >= evidence.Analysis.Split.Count)
                    return NotFound($"Image {index}: the test split has {evidence.Analysis.Split.Count} images, numbered from 0.");
                // The images do not change while the job exists. Shared caches must not store them.
                context.Response.Headers.CacheControl = "private, max-age=3600";
                return Results.Bytes(await images.ThumbnailAsync(index, Side, context.RequestAborted), "image/jpeg");
            }));

    private static IResult NotFound(string message) => Results.Text($"{message}\n", statusCode: StatusCodes.Status404NotFound);
}
