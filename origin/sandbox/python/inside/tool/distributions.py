"""Packages that are not called what their modules are called. Advice to authors, never authority."""

_PACKAGES = {
    'attr': 'attrs',
    'bs4': 'beautifulsoup4',
    'cv2': 'opencv-python-headless',
    'dateutil': 'python-dateutil',
    'docx': 'python-docx',
    'dotenv': 'python-dotenv',
    'fitz': 'pymupdf',
    'jose': 'python-jose',
    'jwt': 'pyjwt',
    'magic': 'python-magic',
    'OpenSSL': 'pyopenssl',
    'PIL': 'pillow',
    'pptx': 'python-pptx',
    'serial': 'pyserial',
    'skimage': 'scikit-image',
    'sklearn': 'scikit-learn',
    'slugify': 'python-slugify',
    'yaml': 'pyyaml',
}


def package_of(module: str) -> str:
    """The likely name in the index of what brings a module."""
    return _PACKAGES.get(module) or module.lower().replace('_', '-')
