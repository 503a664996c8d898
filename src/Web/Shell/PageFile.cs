using AdaptCluster.Contracts;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Shell;

/// <summary>Responds to requests for files that belong to a page.</summary>
internal static class PageFile
{
    /// <summary>
    /// Reads a file under the caller's identity. Responds with 404 if the file does not exist, and with 503 if the cluster does not
    /// respond.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Reads the file.</param>
    public static async Task<IResult> AnswerAsync(HttpContext context, Func<Task<IResult>> read)
    {
        PageClaims.CallerOf(context).Apply();
        try
        {
            return await read();
        }
        catch (InvalidInputException e)
        {
            return Results.Text($"{e.Message}\n", statusCode: StatusCodes.Status404NotFound);
        }
        catch (Exception e) when (LivePage.IsLoss(e))
        {
            return Results.Text("The cluster is not responding; try again.\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
