using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Local;

/// <summary>Distinguishes a home without sweeps from a missing home, such as a mistyped path.</summary>
internal static class HomeFolder
{
    /// <summary>Whether the home has a store.</summary>
    /// <exception cref="InvalidInputException">The home is not a folder, or access to it is denied.</exception>
    public static bool HasStore(SiloSettings settings)
    {
        if (File.Exists(settings.Home))
            throw new InvalidInputException(
                $"{settings.Home}: is a file, but the home must be a folder; set ADAPTCLUSTER_HOME to a folder.");
        try
        {
            File.GetAttributes(settings.StoreFile);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"{settings.Home}: the home folder cannot be read ({e.Message.TrimEnd('.')}); set ADAPTCLUSTER_HOME to another folder.", e);
        }
    }

    /// <summary>Returns a sentence to print if there is no store.</summary>
    public static string NoSweep(SiloSettings settings) => Directory.Exists(settings.Home)
        ? $"there are no sweeps yet in {settings.Home}; 'sweep submit FILE' starts one, and ADAPTCLUSTER_HOME selects another folder."
        : $"there are no sweeps yet: the home {settings.Home} does not exist; 'sweep submit FILE' creates it, and ADAPTCLUSTER_HOME "
            + $"selects another folder.";
}
