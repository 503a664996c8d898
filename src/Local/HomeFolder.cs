using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Local;

/// <summary>Distinguishes a home without sweeps from a missing one, such as a mistyped name.</summary>
internal static class HomeFolder
{
    /// <summary>Whether the home has a store.</summary>
    /// <exception cref="InvalidInputException">The home is not a folder, or access to it is denied.</exception>
    public static bool HasStore(SiloSettings settings)
    {
        if (File.Exists(settings.Home))
            throw new InvalidInputException(
                $"{settings.Home}: is a file, and the home is a folder; name another one by ADAPTCLUSTER_HOME.");
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
                $"{settings.Home}: the home cannot be looked into ({e.Message.TrimEnd('.')}); name another one by ADAPTCLUSTER_HOME.", e);
        }
    }

    /// <summary>Returns a sentence to print if there is no store.</summary>
    public static string NoSweep(SiloSettings settings) => Directory.Exists(settings.Home)
        ? $"there is no sweep yet in {settings.Home}; 'sweep submit FILE' makes one, and ADAPTCLUSTER_HOME names another folder."
        : $"there is no sweep yet: the home {settings.Home} does not exist; 'sweep submit FILE' makes it, and ADAPTCLUSTER_HOME names "
            + $"another folder.";
}
